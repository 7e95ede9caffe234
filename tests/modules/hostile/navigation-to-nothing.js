// errored: the page left the harness for about:blank
location = 'about:blank';
await new Promise(() => {});
