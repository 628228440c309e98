import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Message, type MessageName, messages } from './messages.ts';

type Field = readonly [number: number, type: string | readonly [string]];

/** A message in protobuf's wire format. Fields at their default are left out, as proto3 has it. */
export function encodeMessage(name: MessageName, message: Message): Uint8Array {
  const writer = new BinaryWriter();
  writeFields(writer, name, message);
  return writer.finish();
}

function writeFields(writer: BinaryWriter, name: MessageName, message: Message): void {
  for (const [field, spec] of Object.entries(messages[name]) as [string, Field][]) {
    const value = message[field];
    if (value === undefined) continue;
    const [number, type] = spec;
    if (typeof type === 'string') {
      // What is one of several is there even when it is empty.
      if (name === 'AnyValue' || !isDefault(value)) writeField(writer, number, type, value);
    } else if (isScalar(type[0])) writePacked(writer, number, type[0], value as unknown[]);
    else for (const item of value as unknown[]) writeField(writer, number, type[0], item);
  }
}

function writeField(writer: BinaryWriter, number: number, type: string, value: unknown): void {
  if (type === 'string') {
    writer.tag(number, WireType.LengthDelimited).string(wellFormed(value as string));
  } else if (isScalar(type)) {
    writer.tag(number, type === 'fixed64' ? WireType.Bit64 : WireType.Varint);
    writeScalar(writer, type, value);
  } else {
    writer.tag(number, WireType.LengthDelimited).fork();
    writeFields(writer, type as MessageName, value as Message);
    writer.join();
  }
}

function writePacked(writer: BinaryWriter, number: number, type: string, values: unknown[]): void {
  if (values.length === 0) return;
  writer.tag(number, WireType.LengthDelimited).fork();
  for (const value of values) writeScalar(writer, type, value);
  writer.join();
}

function writeScalar(writer: BinaryWriter, type: string, value: unknown): void {
  if (type === 'int32') writer.int32(value as number);
  else if (type === 'int64') writer.int64(BigInt(value as number));
  else writer.fixed64(BigInt(value as number));
}

function isScalar(type: string): boolean {
  return type === 'int32' || type === 'int64' || type === 'fixed64';
}

function isDefault(value: unknown): boolean {
  return value === 0 || value === 0n || value === '';
}

/** UTF-8 has no lone surrogates. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
