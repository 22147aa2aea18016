#!/usr/bin/env node
// Sums up the JSON reports of vitest: tally.mjs FOLDER NAME...
// Each NAME must have left FOLDER/NAME.json: a suite that crashed before writing it is one failure, and so is a
// report without a test, or one that failed outside its tests. Prints each failed test with the first lines of why, and
// `N passed, N failed` at the end; exit 1 if any failed.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const LINES = 4;
const LINE_LENGTH = 300;
// Frames of the test runner and of Node itself lead nowhere.
const foreignFrame = /^\s+at .*(?:node_modules|node:|<anonymous>)/;

/** The first lines of a failure's message, indented; vitest has no message of its own for a time limit in its report. */
function why(message) {
  const lines = message.split('\n').filter((line) => line.trim() !== '' && !foreignFrame.test(line));
  const shown = lines
    .slice(0, LINES)
    .map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line));
  return shown.map((line) => `    ${line.replace('STACK_TRACE_ERROR', 'its time limit was exceeded')}`);
}

/** The number of passed and failed tests of one report, and a line for each thing worth knowing. */
function read(folder, name) {
  let report;
  try {
    report = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  } catch (error) {
    return { passed: 0, failed: 1, notes: [`${name}: no report (${error.code ?? error.message})`] };
  }
  const notes = [];
  let failed = report.numFailedTests ?? 0;
  for (const file of report.testResults ?? []) {
    const path = relative(process.cwd(), file.name);
    const tests = file.assertionResults ?? [];
    for (const test of tests) {
      if (test.status !== 'passed') notes.push(`${test.status}: ${path}: ${test.fullName}`);
      for (const message of test.failureMessages ?? []) notes.push(...why(message));
    }
    if (file.status === 'failed' && !tests.some((test) => test.status === 'failed')) {
      failed += 1;
      notes.push(`failed: ${path}: ${file.message || 'the file could not be run'}`);
    }
  }
  const passed = report.numPassedTests ?? 0;
  if (passed + failed === 0) {
    failed = 1;
    notes.push(`${name}: ran no test`);
  } else if (failed === 0 && report.success !== true) {
    failed = 1;
    notes.push(`${name}: failed outside its tests`);
  }
  return { passed, failed, notes };
}

const [folder, ...names] = process.argv.slice(2);
const results = names.map((name) => read(folder, name));
for (const { notes } of results) for (const note of notes) console.log(note);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const failed = names.length === 0 ? 1 : sum('failed');
console.log(`${sum('passed')} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
