// passed
export default class {
  async testConnectivity() {
    setInterval(() => precallEvent('{"type":"phase","phase":"prepare"}'), 0);
    const { connection } = await Promise.resolve({ connection: 1 });
    return { success: connection === 1 };
  }
}
