// errored: the page left the harness for http://127.0.0.1:
location = '/sdk/0/opentok.js';
await new Promise(() => {});
