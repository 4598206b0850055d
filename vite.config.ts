import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { builtPageList } from './scripts/build/builtPageList.ts'
import { compressedCopies } from './scripts/build/compressedCopies.ts'
import { contentPolicy } from './scripts/build/contentPolicy.ts'

export default defineConfig({
  base: './',
  plugins: [react(), contentPolicy(), builtPageList(), compressedCopies()],
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        // A service worker is known by its address and rules only over what lies below it: its name never changes.
        entryFileNames: ({ name }) => (name === 'sw.worker' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    rolldownOptions: {
      // What several parts share is one file, not one for each set of parts. Of crypto/ only some browsers need the larger half.
      output: {
        codeSplitting: {
          groups: [{ name: 'base', test: /src[\\/](shared|ui|app|store|swarm|room)[\\/]/, minShareCount: 2 }],
        },
      },
    },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts', 'e2e/**/*.test.ts'],
    testTimeout: 20_000,
    pool: 'threads',
    // By default one core is left idle: of two, that is half.
    maxWorkers: '100%',
  },
})
