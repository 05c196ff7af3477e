/**
 * Compiles topic filters (MQTT 3.1.1 §4.7) into one test. `+` is one level, `#` this and all below; neither matches a
 * topic that begins with `$` at the first level [MQTT-4.7.2-1]. A `$share/group/` prefix is left out: alone we are the group.
 */
export function topicMatcher(filters: readonly string[]): (topic: string) => boolean {
  const tests = filters.map((filter) => oneFilter(filter.replace(/^\$share\/[^/]+\//, '')));
  return (topic) => tests.some((test) => test(topic));
}

function oneFilter(filter: string): (topic: string) => boolean {
  const prefix = /^([^+#]+\/)#$/.exec(filter)?.[1];
  if (prefix !== undefined) {
    const parent = prefix.slice(0, -1);
    return (topic) => topic.startsWith(prefix) || topic === parent;
  }
  const wanted = filter.split('/');
  return (topic) => {
    if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
    const levels = topic.split('/');
    for (let i = 0; i < wanted.length; i++) {
      // Reached with no level left as well: `+/#` takes `a`, the parent is included (§4.7.1.2).
      if (wanted[i] === '#') return true;
      if (i >= levels.length) return false;
      if (wanted[i] !== '+' && wanted[i] !== levels[i]) return false;
    }
    return levels.length === wanted.length;
  };
}
