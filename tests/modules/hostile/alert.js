// hung: prepare did not end within 30 s
for (;;) {
  alert('a'.repeat(100_000));
  confirm('b');
  prompt('c');
}
