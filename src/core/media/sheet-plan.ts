/** One picture of a contact sheet, for the tool. */
export interface PlannedCell {
  /** Its place among the pictures that are handed over; absent where there is none. */
  readonly picture?: number;
  readonly title: string;
  readonly subtitle: string;
}

/** What the tool draws. */
export interface SheetPlan {
  readonly cells: readonly PlannedCell[];
  readonly columns: number;
  /** Of one cell, pixels. */
  readonly width: number;
}

/** Chats scale a picture down to some 2000 pixels: larger cells are worth nothing. */
const SHEET_WIDTH = 2000;
const WIDEST_CELL = 480;
const NARROWEST_CELL = 240;

/** The width of a cell in so many columns, pixels, even. */
export function cellWidth(columns: number): number {
  const room = Math.floor(SHEET_WIDTH / Math.max(1, columns) / 2) * 2;
  return Math.min(WIDEST_CELL, Math.max(NARROWEST_CELL, room));
}
