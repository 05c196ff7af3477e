/*
 * Service worker, written by hand: it shows pushes and stands in for the pages while the server is away. It keeps
 * nothing of the API and nothing of the pages but one that says what it cannot know: an old voltage is worse than none.
 */

const CACHE = 'peakvolt-offline-1';
const OFFLINE = '/offline.html';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(OFFLINE)));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return;
  event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});

self.addEventListener('push', (event) => {
  const message = read(event.data);
  event.waitUntil(
    self.registration.showNotification(message.title, {
      body: message.body,
      lang: message.language,
      tag: message.tag,
      // A worsened or escalated incident takes the place of its last notification, but is heard again.
      renotify: message.tag !== undefined,
      requireInteraction: message.severity === 'severe' && message.kind !== 'resolved',
      icon: '/icon-192.png',
      actions: message.actions,
      data: { incidentId: message.incidentId, language: message.language },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  const { incidentId, language } = event.notification.data ?? {};
  event.notification.close();
  if (event.action === 'acknowledge' && incidentId) {
    event.waitUntil(acknowledge(incidentId, language, event.notification));
  } else {
    event.waitUntil(open(incidentId));
  }
});

/** A push without words, or with ones that cannot be read, still says that something came. */
function read(data) {
  try {
    const message = data.json();
    return { ...message, title: message.title || 'Peakvolt', actions: message.actions ?? [] };
  } catch {
    return { title: 'Peakvolt', body: '', actions: [] };
  }
}

/** With the session of this browser; where that fails, the page opens and says why. */
async function acknowledge(incidentId, language, notification) {
  try {
    const answer = await fetch(`/api/v1/incidents/${encodeURIComponent(incidentId)}/acknowledge`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ version: null }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    await self.registration.showNotification(language === 'zh-CN' ? '已确认' : 'Acknowledged', {
      body: notification.title,
      lang: language,
      tag: notification.tag,
      icon: '/icon-192.png',
      silent: true,
      data: notification.data,
    });
  } catch {
    await open(incidentId);
  }
}

async function open(incidentId) {
  const hash = incidentId ? `#/incidents/${encodeURIComponent(incidentId)}` : '#/incidents';
  const url = new URL(`/${hash}`, self.location.origin).href;
  const [client] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (client === undefined) return self.clients.openWindow(url);
  // A page that is not yet under this worker cannot be sent elsewhere.
  const moved = await client.navigate(url).catch(() => null);
  return moved === null ? self.clients.openWindow(url) : moved.focus();
}
