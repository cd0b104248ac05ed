/* Which grid gives the seats of the wall the largest picture. All lengths in CSS pixels.

   One unit is 1 px on a 1920×1080 screen. A seat is a 16:9 picture and a strip with its name below, so its height is
   its width times a ratio; nothing scrolls and nothing is cropped, for every number of columns. */

export interface Grid {
  columns: number;
  rows: number;
  tile: number;
  gap: number;
  /** Empty cells at the end of the last row: two or more hold the hands in order and what comes next. */
  spare: number;
}

const STRIP_ALL = 37 / 258.2;
const STRIP_SPOTLIGHT = 30 / 163.6;
const PAD = 20;
const TOP = 92;
const STAGE_WIDTH = 924;
const STAGE_CAPTION = 62;

/** `spotlight`: the main venue and the floor stand above the seats. */
export function fit(width: number, height: number, count: number, spotlight: boolean): Grid {
  const unit = Math.min(width / 1920, height / 1080);
  const gap = (spotlight ? 8 : 12) * unit;
  const ratio = 9 / 16 + (spotlight ? STRIP_SPOTLIGHT : STRIP_ALL);
  const stage = spotlight ? (STAGE_WIDTH * 9) / 16 + STAGE_CAPTION : 0;
  const freeWidth = width - 2 * PAD * unit;
  const freeHeight = height - (TOP + PAD + stage) * unit;
  let best: Grid = { columns: 1, rows: count, tile: 0, gap, spare: 0 };
  for (let columns = Math.min(3, count); columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const tile = Math.min((freeWidth - (columns - 1) * gap) / columns, (freeHeight - (rows - 1) * gap) / rows / ratio);
    if (tile > best.tile) best = { columns, rows, tile, gap, spare: columns * rows - count };
  }
  return best;
}
