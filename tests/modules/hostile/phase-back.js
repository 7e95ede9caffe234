// errored: phases go forward and begin once
export default class {
  async testConnectivity() {
    precallEvent('{"type":"phase","phase":"prepare"}');
    await new Promise(() => {});
  }
}
