// hung: prepare did not end within 30 s
for (;;);
