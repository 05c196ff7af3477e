/** English words of single sign-on. */
export const ssoEn = {
  loginSso: (label: string) => (label === '' ? 'Log in with single sign-on' : `Log in with ${label}`),
  userUnbind: 'Take single sign-on away',
  ssoWhy: {
    away: 'The provider of single sign-on does not answer. Try again in a little, or log in with a password.',
    denied: 'The provider did not let you in, or you turned back.',
    stale: 'This login took too long, or was begun in another window. Begin again.',
    distrusted: 'The answer of the provider does not hold. The log of the service has the cause.',
    unknown: 'You have no active account here. An administrator can add you.',
    forbidden: 'The rules of this service do not let you in. An administrator knows why.',
  },
};
