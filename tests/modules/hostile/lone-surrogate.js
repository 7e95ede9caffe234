// errored: the page sent an event that precall does not understand
export default class {
  async testConnectivity() {
    throw new Error('\ud800');
  }
}
