// What only JavaScript can do for the page.
(() => {
  const stores = { local: () => window.localStorage, session: () => window.sessionStorage };
  const ask = (event) => { event.preventDefault(); };
  window.evergrain = {
    prefersDark: () => window.matchMedia('(prefers-color-scheme: dark)').matches,
    // A browser may keep nothing, or throw when asked to.
    read: (store, key) => { try { return stores[store]().getItem(key); } catch { return null; } },
    write: (store, key, value) => {
      try {
        if (value === null) stores[store]().removeItem(key); else stores[store]().setItem(key, value);
      } catch { /* then it is asked again next time */ }
    },
    language: (tag) => { document.documentElement.lang = tag; },
    keepOpen: (keep) => { if (keep) window.addEventListener('beforeunload', ask); else window.removeEventListener('beforeunload', ask); },
    save: (name, type, bytes) => {
      const url = URL.createObjectURL(new Blob([bytes], { type }));
      const link = Object.assign(document.createElement('a'), { href: url, download: name });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    },
  };
})();
