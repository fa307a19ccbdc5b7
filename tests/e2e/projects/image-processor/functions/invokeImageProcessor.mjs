import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

const sfn = new SFNClient();

export const handler = (event) =>
  Promise.all(
    event.Records.map((record) =>
      sfn.send(
        new StartExecutionCommand({
          stateMachineArn: process.env.STATE_MACHINE_ARN,
          input: JSON.stringify({ lambdaEvent: record }),
        }),
      ),
    ),
  );
