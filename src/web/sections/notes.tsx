import type { LabSection } from "./section.js";

/** What the run said on its way. */
export const notesSection: LabSection = {
  id: "notes",
  title: "Notes",
  has: ({ notes }) => notes.length > 0,
  View: ({ run: { notes } }) => (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  ),
};
