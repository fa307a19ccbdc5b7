// What the console says, in the browser's language where texts/ has it, else in English: `texts.health.well`.
import * as pages from "./texts/en/pages.js";
import * as shared from "./texts/en/shared.js";

const LANGUAGES = { en: { ...shared, ...pages } };

const language = navigator.languages.map(tag => tag.split("-")[0]).find(code => code in LANGUAGES) || "en";
document.documentElement.lang = language;

/// A text that the translation lacks is English.
export const texts = Object.fromEntries(Object.entries(LANGUAGES.en).map(([group, english]) => [group, { ...english, ...LANGUAGES[language][group] }]));
