// passed
export default class {
  async testConnectivity() {
    const refused = await navigator.serviceWorker.register(import.meta.url, { type: 'module' }).then(
      () => false,
      () => true,
    );
    return { success: refused };
  }
}
