import { Chalk } from 'chalk';

type Paint = (text: string) => string;

export type Painter = {
  /** Memray's scale: red above 60 percent, yellow above 20, green above 5. */
  readonly share: (percent: number) => Paint;
  /** More memory is red, less is green. */
  readonly change: (difference: number) => Paint;
  readonly heading: Paint;
  readonly faint: Paint;
};

// Made once: a report asks for one a line, and a Chalk takes longer to make than a line.
const painters = [makePainter(0), makePainter(1)] as const;

export function painter(color: boolean): Painter {
  return painters[color ? 1 : 0];
}

function makePainter(level: 0 | 1): Painter {
  const chalk = new Chalk({ level });
  return {
    share: (percent) => {
      if (percent > 60) return chalk.red;
      if (percent > 20) return chalk.yellow;
      return percent > 5 ? chalk.green : chalk.greenBright;
    },
    change: (difference) => {
      if (difference === 0) return (text) => text;
      return difference > 0 ? chalk.red : chalk.green;
    },
    heading: chalk.bold,
    faint: chalk.dim,
  };
}
