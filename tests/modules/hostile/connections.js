// passed
export default class {
  async testConnectivity() {
    this.connections = Array.from({ length: 200 }, () => new RTCPeerConnection());
    for (const connection of this.connections) connection.createDataChannel('x');
    await Promise.all(this.connections.map(async (one) => one.setLocalDescription(await one.createOffer())));
    return { success: true };
  }
}
