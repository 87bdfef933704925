import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take ten seconds and more, most of them waiting for servers: begun last, one of them would run alone in the end. */
const long = ["test/plain-javascript.test.ts", "test/remote/"];

/** Starts long files first; without times of an earlier run Vitest goes by the size of the files. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.some((path) => moduleId.includes(`/${path}`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
