using System.Runtime.InteropServices;
using Messaging.Bench.Commands;
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

// Whoever interrupts it gets no report, but processes and servers are ended and their data deleted.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return await app.RunAsync(args, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
