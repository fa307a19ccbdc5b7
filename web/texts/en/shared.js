// The texts that belong to no page alone. This folder has every text of the console in English. A translation is a copy of the folder,
// such as texts/de/, which web/texts.js then names. What stands in ${} is put in by the console and may be moved, but not renamed; a
// list keeps its order; a text that begins or ends with a blank is joined to another one.
import { number, plural } from "./count.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How numbers, times, lengths and sizes are written.
export const units = {
  number,
  decimal: (n, digits) => n.toFixed(digits),
  percent: n => `${n} %`,
  utc: "UTC",
  date: (day, month, year, clock) => `${day} ${MONTHS[month]}${year ? " " + year : ""} ${clock}`,
  milliseconds: n => `${n} ms`,
  seconds: n => `${n} s`,
  minutes: n => `${n} min`,
  hours: n => `${n} h`,
  days: n => `${n} d`,
  minutesAndSeconds: (minutes, seconds) => `${minutes} min ${seconds} s`,
  hoursAndMinutes: (hours, minutes) => `${hours} h ${minutes} min`,
  daysAndHours: (days, hours) => `${days} d ${hours} h`,
  size: (n, unit) => `${n} ${unit}`,
  sizes: ["B", "KB", "MB", "GB", "TB"],
  pixels: (width, height) => `${width} × ${height}`,
  pixelsAndSize: (width, height, size) => `${width} × ${height}, ${size}`,
};

/// What became of an execution (capitals) or of a state, by the daemon's name of it.
export const status = {
  RUNNING: "Running",
  SUCCEEDED: "Succeeded",
  FAILED: "Failed",
  TIMED_OUT: "Timed out",
  ABORTED: "Aborted",
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  caught: "Failed, caught",
  timedOut: "Timed out",
  aborted: "Aborted",
  none: "Not reached",
};

/// The names of the pages: in the navigation, as titles and in the palette.
export const pages = {
  start: "Start",
  executions: "Executions",
  failed: "Failed executions",
  machines: "State machines",
  machinesInShort: "Machines",
  editor: "Editor",
  buckets: "Buckets",
  tables: "Tables",
  topics: "Topics",
  activities: "Activities",
  functions: "Functions",
  rules: "Rules",
  health: "Health",
};

/// What more than one page says.
export const common = {
  answerTask: "Answer a task by its token",
  arnCopied: "The ARN is copied.",
  asIn: (execution, when) => `as in ${execution}, ${when}`,
  chooseState: "Choose a state in the graph.",
  close: "Close",
  copied: "Copied",
  copy: "Copy",
  copyArn: "Copy the ARN",
  copyDefinition: "Copy the definition",
  create: "Create",
  definition: "Definition",
  delete: "Delete",
  deleteNamed: name => `Delete ${name}`,
  download: "Download",
  earlierInput: "Input of an earlier execution",
  graph: "Graph",
  inState: state => ` in ${state}`,
  input: "Input",
  inputJson: "Input, JSON",
  itStillRuns: "It still runs.",
  keyBeginsWith: "Key begins with",
  machine: "State machine",
  more: "More",
  name: "Name",
  noKeyBeginsWith: prefix => `No key begins with "${prefix}".`,
  noPicture: "No picture",
  nothingMatches: "Nothing matches",
  on: "On",
  output: "Output",
  redrive: "Redrive",
  request: id => `Request ${id}`,
  rerunWithAnother: "Rerun with another input",
  start: "Start",
  startExecution: "Start an execution",
  startNamed: name => `Start ${name}`,
  state: "State",
  stop: "Stop",
  switchTheme: "Switch between light and dark",
  type: "Type",
};

/// What stands around every page, and pages that cannot be shown.
export const frame = {
  skip: "Skip to the content",
  navigation: "Console",
  shortNavigation: "Pages",
  allPages: "All pages",
  search: "Search or run a command",
  searchKeys: "Ctrl K",
  switchZone: "The zone of every time on every page; press to switch",
  title: page => `${page} · stepd`,
  running: "running",
  quarantined: "quarantined",
  paused: "paused: nothing runs",
  live: "Live",
  notLive: since => `Not live since ${since}, tries again`,
  notFound: "Not found",
  noSuchPage: "There is no such page",
  goToStart: "Go to the start",
  error: "Error",
  notHere: "This is not here",
  cannotBeShown: "This page cannot be shown",
  tryAgain: "Try again",
};

/// The command palette and the list of keys.
export const palette = {
  title: "Command palette",
  field: "Command or name",
  hint: "A page, a name or an ARN",
  results: "Results",
  choose: " choose",
  run: " run",
  escapeKey: "Esc",
  enterKey: "Enter",
  thisPage: "This page",
  arn: "ARN",
  goTo: "Go to",
  settings: "Settings",
  machine: name => `State machine ${name}`,
  bucket: name => `Bucket ${name}`,
  switchKeysOff: "Switch single keys off",
  switchKeysOn: "Switch single keys on",
  keysAreOn: "Single keys are on.",
  keysAreOff: "Single keys are off.",
  keys: "Keys",
  help: [["Ctrl K", "this palette"], ["/", "filter"], ["g then s e m b h f", "start, executions, state machines, buckets, health, failed"], ["j k", "next and previous row"], ["Enter", "open the row"],
    ["f", "next failed state"], ["c", "copy the ARN"], ["r", "rerun with another input"], ["Shift R", "redrive"], ["?", "this list"], ["Esc", "close"]],
};

/// Dialogs that start, stop, redrive and rerun executions, and answer tasks.
export const actions = {
  noEarlierInput: "No earlier execution",
  nameHint: "made up if it is left empty",
  rerunTitle: execution => `Rerun ${execution} with another input`,
  stopTitle: execution => `Stop ${execution}`,
  stopNote: "Its states are aborted. It can be redriven later.",
  stopCause: "Cause, for whoever looks at it later",
  redriveTitle: execution => `Redrive ${execution}`,
  redriveNote: state => `It goes on at ${state || "the state"} where it ended, with the input that state had.`,
  commandCopied: "The command is copied.",
  token: "Task token",
  outcome: "Outcome",
  taskSucceeded: "It succeeded",
  taskFailed: "It failed",
  taskOutput: "Output, JSON",
  taskError: "Error, then its cause on the next lines",
  taskErrorSample: "Refused",
  send: "Send",
  answerSent: "The answer is sent.",
  more: "More actions",
};

export const dialog = {
  cancel: "Cancel",
  typeToConfirm: count => `Type ${count} to confirm`,
  notJson: reason => `The input is not JSON: ${reason}`,
};

/// When the daemon refuses something without saying why.
export const api = {
  answered: status => `The daemon answered ${status}.`,
  noAnswer: "The daemon does not answer. It may be restarting.",
  messageRefused: "The message was refused.",
};

export const json = {
  label: "JSON",
  moreLines: "More lines are in the download.",
};

export const graph = {
  label: "Graph of the state machine",
  larger: "Larger",
  smaller: "Smaller",
  fit: "Fit",
  states: n => plural(n, "state"),
  tries: n => `${n} tries`,
  notReached: "not reached",
  noSuchState: "there is no such state",
  nothingLeadsHere: "nothing leads here",
};

export const picture = {
  notLoaded: "not loaded",
};
