import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { LiveChoice } from '../live-update.ts';
import { choiceOfMessage } from './server-options.ts';

/** Somebody who looks, however they are connected. */
export type Viewer = {
  readonly choice: LiveChoice;
  /** Whether what was sent last is still on its way: the next update is not for them. */
  readonly isBusy: boolean;
  send(line: string): void;
  end(): void;
  onGone(listener: () => void): void;
};

/** Reads a line of JSON for each update, over HTTP. */
export class LineViewer implements Viewer {
  readonly choice: LiveChoice;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse, choice: LiveChoice) {
    this.#response = response;
    this.choice = choice;
  }

  get isBusy(): boolean {
    const { writableNeedDrain, writableEnded, destroyed } = this.#response;
    return writableNeedDrain || writableEnded || destroyed;
  }

  send(line: string): void {
    this.#response.write(`${line}\n`);
  }

  end(): void {
    this.#response.end();
  }

  onGone(listener: () => void): void {
    this.#response.on('close', listener);
    this.#response.on('error', listener);
  }
}

/** Close codes of WebSocket. */
const closeCode = { done: 1000, refused: 1008 } as const;

/** Reads a message for each update, over WebSocket, and may choose anew. */
export class SocketViewer implements Viewer {
  choice: LiveChoice;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, choice: LiveChoice) {
    this.#socket = socket;
    this.choice = choice;
    socket.on('message', (data, isBinary) => {
      const chosen = choiceOfMessage(isBinary ? '' : String(data));
      // From the next update on: who says much makes nobody work.
      if (typeof chosen === 'string') socket.close(closeCode.refused, chosen);
      else this.choice = chosen;
    });
  }

  get isBusy(): boolean {
    return this.#socket.bufferedAmount > 0 || this.#socket.readyState !== this.#socket.OPEN;
  }

  send(line: string): void {
    this.#socket.send(line);
  }

  end(): void {
    this.#socket.close(closeCode.done);
  }

  onGone(listener: () => void): void {
    this.#socket.on('close', listener);
    this.#socket.on('error', listener);
  }
}
