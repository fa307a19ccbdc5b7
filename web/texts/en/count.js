// How English counts. A language with more forms than two takes them from Intl.PluralRules here.

export const number = n => n.toLocaleString("en-US");
export const plural = (n, one, many = one + "s") => `${number(n)} ${n === 1 ? one : many}`;
