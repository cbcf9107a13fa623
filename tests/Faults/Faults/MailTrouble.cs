using Messaging.Faults.Mail;
using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>The mail server misbehaves.</summary>
internal sealed class MailTrouble(string name, SmtpTrouble trouble, string description) : IFault
{
    public string Name => name;

    public string Description => description;

    public (int Min, int Max) Hold => (3, 12);

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        context.System.Smtp.Trouble = trouble;
        await context.HoldAsync(cancellationToken);
        if (context.System.Smtp.Trouble == trouble)
        {
            context.System.Smtp.Trouble = SmtpTrouble.None;
        }
    }
}
