// passed: 127.0.0.1:SINK
const to = '127.0.0.1:SINK';
const add = (name, attributes) => document.head.append(Object.assign(document.createElement(name), attributes));
export default class {
  async testConnectivity() {
    await fetch(`http://${to}/fetch`, { mode: 'no-cors' }).catch(() => {});
    navigator.sendBeacon(`http://${to}/beacon`, 'x');
    for (const open of [
      () => new WebSocket(`ws://${to}/socket`),
      () => new EventSource(`http://${to}/events`),
      () => {
        new Image().src = `http://${to}/image`;
      },
      () => add('script', { src: `http://${to}/script.js` }),
      () => add('link', { rel: 'stylesheet', href: `http://${to}/style.css` }),
      () => add('link', { rel: 'prefetch', href: `http://${to}/prefetch` }),
      () => document.body.append(Object.assign(document.createElement('iframe'), { src: `http://${to}/frame` })),
      () => {
        const form = Object.assign(document.createElement('form'), { action: `http://${to}/form`, method: 'post' });
        document.body.append(form);
        form.submit();
      },
      () => new Worker(URL.createObjectURL(new Blob([`fetch('http://${to}/worker', { mode: 'no-cors' })`]))),
      () => {
        const request = new XMLHttpRequest();
        request.open('GET', `http://${to}/request`);
        request.send();
      },
    ]) {
      try {
        open();
      } catch {}
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return { success: true };
  }
}
