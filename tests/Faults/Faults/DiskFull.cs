using Messaging.Faults.Schedule;

namespace Messaging.Faults.Faults;

/// <summary>The file system of the database has no room left. A PostgreSQL that ends because of it is started again.</summary>
internal sealed class DiskFull : IFault
{
    public const string FaultName = "disk-full";

    public string Name => FaultName;

    public string Description => "a ballast file fills the database's small file system";

    public (int Min, int Max) Hold => (5, 15);

    public bool IsExclusive => true;

    public bool MayRepeatMail => true;

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        var ballast = Path.Combine(context.System.Servers.DataFolder, "ballast");
        try
        {
            Fill(ballast);
            await context.HoldAsync(cancellationToken);
        }
        finally
        {
            File.Delete(ballast);
        }

        for (var attempt = 0; !await context.System.Postgres.AnswersAsync(); attempt++)
        {
            await Task.Delay(1_000, CancellationToken.None);
            if (attempt == 8)
            {
                context.Log.Add(FaultKind.Note, Name, "PostgreSQL does not come back by itself and is started");
                await context.System.Servers.StartAsync("postgres");
            }
        }
    }

    private static void Fill(string ballast)
    {
        using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var (block, size) = (new byte[1 << 20], 1 << 20);
        while (size >= 4096)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }
}
