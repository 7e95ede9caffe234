// errored: the page sent `loaded` twice
window.onbeforeunload = () => 'stay';
location.reload();
await new Promise(() => {});
