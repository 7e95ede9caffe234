// passed
export default class {
  async testConnectivity() {
    try {
      for (let n = 0; n < 50; n += 1) localStorage.setItem(`key ${n}`, 'x'.repeat(1_000_000));
    } catch {}
    const cache = await caches.open('cache');
    for (let n = 0; n < 5; n += 1) await cache.put(`/entry/${n}`, new Response(new Uint8Array(4_000_000)));
    return { success: true };
  }
}
