// For the synchronous calls, and read when esbuild is loaded. With threads: esbuild-sync.
process.env.ESBUILD_WORKER_THREADS = '0';
