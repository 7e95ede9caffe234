// passed
export default class {
  async testConnectivity() {
    try {
      for (let n = 0; n < 10_000; n += 1) history.pushState(null, '', `?${n}`);
    } catch {}
    document.title = 'x'.repeat(10_000_000);
    return { success: true };
  }
}
