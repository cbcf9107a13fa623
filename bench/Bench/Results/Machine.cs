using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Messaging.Bench.Results;

/// <summary>Where and of what the figures are.</summary>
internal sealed record Machine(int Cores, double GibibytesOfMemory, string Runtime, string Commit, DateTimeOffset At)
{
    public static Machine Here() => new(
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(2, 30), 1),
        RuntimeInformation.FrameworkDescription,
        Git(),
        DateTimeOffset.UtcNow);

    public override string ToString() => FormattableString.Invariant(
        $"{At:yyyy-MM-dd HH:mm} UTC, commit {Commit}, {Cores} cores, {GibibytesOfMemory:0.#} GiB, {Runtime}.");

    private static string Git()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", AppContext.BaseDirectory, "describe", "--always", "--dirty"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
