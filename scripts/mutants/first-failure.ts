import { configureGlobal } from 'fast-check';

// A change is noticed by the first input that fails: a smaller one is not looked for.
configureGlobal({ endOnFailure: true });
