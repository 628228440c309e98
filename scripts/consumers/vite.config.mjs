export default {
  build: {
    outDir: 'out/vite',
    rollupOptions: { input: 'bundled.mjs', output: { entryFileNames: '[name].mjs' } },
  },
};
