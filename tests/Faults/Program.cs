using Messaging.Faults.Commands;
using Messaging.Processes;
using Spectre.Console.Cli;

var app = new CommandApp<RunCommand>();
app.Configure(configure =>
{
    configure.SetApplicationName("Messaging.Faults");
    configure.AddCommand<RunCommand>("run")
        .WithDescription("Load on the real system - APIs, workers, PostgreSQL, RabbitMQ, a mail server - faults drawn from a seed, and the verdict. The default.")
        .WithExample("run", "--duration", "00:30:00", "--seed", "7", "--report", "faults.md")
        .WithExample("run", "--duration", "00:02:00", "--only", "kill-worker,database-kill");
    configure.AddCommand<ClusterCommand>("cluster")
        .WithDescription("The same with a cluster of three RabbitMQ nodes and a PostgreSQL with a synchronous standby; the report has the pause of each fault.")
        .WithExample("cluster", "--duration", "00:30:00", "--seed", "7", "--report", "cluster.md");
    configure.AddCommand<StandaloneCommand>("standalone")
        .WithDescription("The same ledger for Standalone, whose process is killed in a loop.")
        .WithExample("standalone", "--rounds", "50", "--seed", "7");
    configure.AddCommand<ListCommand>("list").WithDescription("The kinds of faults.");
});

using var signals = new StopSignals();
return await app.RunAsync(args, signals.Token);
