/* What a meeting was for one site, as its facts say (docs/live-meeting.md, "Summary"). */

export type Status = "present" | "late" | "left_early" | "brief" | "absent" | "excused";

export interface Summary {
  /** Its first coming, also before the beginning. */
  joined_at: string | null;
  /** In the whole meeting. */
  seconds: number;
  /** Of its own part. */
  missed: number;
  drops: number;
  turns: number;
  headcount: number | null;
  /** Null when it was asked for nothing. */
  status: Status | null;
  late: boolean;
  left_early: boolean;
}
