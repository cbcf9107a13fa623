namespace Messaging.Packages.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class Sources
{
    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Messaging.sln")))
                folder = folder.Parent!;
            return folder.FullName;
        }
    }

    /// <summary>Copies the projects of the library, with what all projects have in common, and without what a build left behind.</summary>
    public static void CopyRooms(string to)
    {
        CopyFiles(Root, to, "Directory.*");
        CopyFiles(Root, to, "global.json");
        CopyFiles(Root, to, ".editorconfig");
        CopyFiles(Path.Combine(Root, "src"), Path.Combine(to, "src"), "*");
        foreach (var room in Directory.GetDirectories(Path.Combine(Root, "src"), "Outbox*"))
            CopyTree(room, Path.Combine(to, "src", Path.GetFileName(room)));
    }

    private static void CopyTree(string from, string to)
    {
        CopyFiles(from, to, "*");
        foreach (var folder in Directory.GetDirectories(from).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj")))
            CopyTree(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    private static void CopyFiles(string from, string to, string pattern)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, pattern))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
