export { Ledger, type LedgerAdapter, type LedgerCalls } from './ledger.ts';
