/** Which of the streams of this process go to the journal by themselves, so that each line may begin with its priority. */
export interface JournalStreams {
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** As much of fstat(2) as tells which file it is. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Levels of syslog, as the journal reads them (sd-daemon(3)). */
export const Priority = { error: 3, warning: 4, info: 6 } as const;

/** What stands before a line of that priority; nothing where the journal does not read it. */
export const priorityMark = (priority: number, isJournal: boolean): string => (isJournal ? `<${priority}>` : '');

/**
 * @param value of `JOURNAL_STREAM`: device and inode of the journal's socket. A child inherits the variable, but not always
 * the streams
 * @param identify of a descriptor; throws where it is closed
 */
export function journalStreams(value: string | undefined, identify: (fd: number) => FileIdentity): JournalStreams {
  const [, device, inode] = /^(\d+):(\d+)$/.exec(value ?? '') ?? [];
  const isJournal = (fd: number): boolean => {
    if (device === undefined || inode === undefined) return false;
    try {
      const { dev, ino } = identify(fd);
      return dev === BigInt(device) && ino === BigInt(inode);
    } catch {
      return false;
    }
  };
  return { stdout: isJournal(1), stderr: isJournal(2) };
}
