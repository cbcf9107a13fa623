using System.Globalization;

namespace Messaging.Contracts;

/// <summary>
/// The folder and the file names of exports: workers write the files, the API sends them. Each attempt at a part writes a new
/// file.
/// </summary>
public static class ExportFiles
{
    /// <summary>The subfolder of the shared folder.</summary>
    public const string Area = "exports";

    /// <summary>Returns a new, unique name for the file of a part of an export.</summary>
    public static string NewPart(Guid export, int part) => $"{export:N}-{part}-{Guid.NewGuid():N}.csv";

    /// <summary>Whether a file name has the form that <see cref="NewPart"/> returns.</summary>
    public static bool IsPart(string name) =>
        Path.GetExtension(name) == ".csv" && Path.GetFileNameWithoutExtension(name).Split('-') is [var export, var part, var attempt]
        && Guid.TryParseExact(export, "N", out _)
        && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && Guid.TryParseExact(attempt, "N", out _);
}
