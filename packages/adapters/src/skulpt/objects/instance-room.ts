import { layoutOf } from '../classes.ts';
import type { SkulptClass } from '../host.ts';
import type { Stamps } from '../stamps.ts';

/** Attributes that CPython gives the first object of a class room for; the next one gets one less. */
const firstRoom = 30;

/** Room for attributes of the next object of a class, as `$tmNextRoom` has it. It is one less for the one after. */
export function roomOfNext(guestClass: (SkulptClass & Stamps) | undefined): number {
  if (guestClass?.sk$klass !== true) return 0;
  let room = guestClass.$tmNextRoom;
  if (room === undefined) {
    const { slots, slotsInDict } = layoutOf(guestClass);
    room = slots === 0 ? firstRoom : -1 - slotsInDict;
    Object.defineProperty(guestClass, '$tmNextRoom', { value: room, writable: true });
  }
  if (room > 0) guestClass.$tmNextRoom = room - 1;
  return room;
}
