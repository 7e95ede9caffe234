// errored: phases go forward and begin once
export default class {
  async testConnectivity() {
    setInterval(() => precallEvent('{"type":"phase","phase":"connectivity"}'), 50);
    await new Promise(() => {});
  }
}
