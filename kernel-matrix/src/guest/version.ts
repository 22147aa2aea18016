/** The version that Debian gives its kernel in `/proc/version`, after the compiler's, which is Debian's too; '' of another's kernel. */
export const versionIn = (text: string): string => /Debian ([^\s()]+) \(\d{4}-/.exec(text)?.[1] ?? '';
