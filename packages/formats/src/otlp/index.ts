export { dumpOtlp, type OtlpOptions } from './dump-otlp.ts';
