using Messaging.Outbox.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.Faults.Hooks;

/// <summary>Puts a store that dies where it is told around the process's own, and a clock that can jump in place of the system's.</summary>
internal static class HookedServices
{
    public static void AddTo(IHostBuilder host) => host.ConfigureServices((_, services) =>
    {
        var time = new JumpingTime();
        var points = new Failpoints();
        services.AddSingleton<TimeProvider>(time);
        var store = services.Last(s => s.ServiceType == typeof(StoreSeams));
        services.AddSingleton(provider =>
        {
            var own = (StoreSeams)store.ImplementationFactory!(provider);
            return own with { Commits = new FailpointCommits(own.Commits, points), Outbox = new FailpointOutbox(own.Outbox, points) };
        });
        new Thread(() => Obey(points, time)) { IsBackground = true }.Start();
    });

    /// <summary>A line of the standard input is an order: <c>die POINT</c>, or <c>clock SECONDS</c>.</summary>
    private static void Obey(Failpoints points, JumpingTime time)
    {
        while (Console.In.ReadLine() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["die", var point]:
                    points.Arm(point);
                    break;
                case ["clock", var seconds]:
                    time.Offset = TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        Environment.Exit(1); // the end of the input is the end of the program that started this one
    }
}
