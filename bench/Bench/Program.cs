using Messaging.Bench.Commands;
using Messaging.Processes;
using Spectre.Console.Cli;

var app = new CommandApp<RunCommand>();
app.Configure(configure =>
{
    configure.SetApplicationName("Messaging.Bench");
    configure.AddCommand<RunCommand>("run")
        .WithDescription("Measures this project and its peers over the same servers, one after the other, in turns. The default.")
        .WithExample("run", "--report", "bench.md", "--json", "bench.json")
        .WithExample("run", "--only", "register,log", "--rounds", "5");
    configure.AddCommand<ListCommand>("list").WithDescription("What can be measured.");
});

using var signals = new StopSignals();
return await app.RunAsync(args, signals.Token);
