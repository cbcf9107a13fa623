using Messaging.Faults.View;

namespace Messaging.Faults.Commands;

/// <summary>Where a run has its data, its logs and its report.</summary>
internal static class RunFolder
{
    public static string Make(string? asked, int seed) =>
        Directory.CreateDirectory(asked ?? Path.Combine(Path.GetTempPath(), $"faults-{seed}-{DateTime.UtcNow:HHmmss}")).FullName;

    /// <returns>The exit code.</returns>
    public static int Finish(Report report, string file)
    {
        File.WriteAllText(file, report.ToMarkdown());
        report.Print();
        Console.WriteLine($"Report: {Path.GetFullPath(file)}");
        return report.IsClean ? 0 : 1;
    }
}
