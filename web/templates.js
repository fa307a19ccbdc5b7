// The definitions that the editor has to begin from. They are code: their names and comments are not translated.

export const TEMPLATES = {
  step: { Comment: "Hands on what it was given", StartAt: "Hello", States: { Hello: { Type: "Pass", Parameters: { "greeting.$": "States.Format('Hello {}', $.name)" }, End: true } } },
  picture: { Comment: "Makes a small copy of a picture", StartAt: "Resize", States: { Resize: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "resizeImage", "Payload.$": "$" }, OutputPath: "$.Payload", Retry: [{ ErrorEquals: ["Object.Failed"], MaxAttempts: 3 }], Catch: [{ ErrorEquals: ["Image.Corrupt"], ResultPath: "$.error", Next: "Broken" }], End: true }, Broken: { Type: "Fail", Error: "Image.Corrupt", Cause: "The picture cannot be decoded." } } },
  branches: { StartAt: "Both", States: { Both: { Type: "Parallel", ResultPath: "$.results", Branches: [{ StartAt: "Left", States: { Left: { Type: "Pass", Result: 1, End: true } } }, { StartAt: "Wait", States: { Wait: { Type: "Wait", Seconds: 2, End: true } } }], Next: "Which" }, Which: { Type: "Choice", Choices: [{ Variable: "$.results[0]", NumericEquals: 1, Next: "Done" }], Default: "Odd" }, Done: { Type: "Succeed" }, Odd: { Type: "Fail", Error: "Odd" } } },
};
